// The forms of the API's pages write to the record as it is shown: its ETag goes with them.
"use strict";

$.ajaxSetup({ headers: { "If-Match": document.currentScript.dataset.state } });
