// The forms of the browsable API send the ETag of the record that the page shows.
"use strict";

$.ajaxSetup({ headers: { "If-Match": document.currentScript.dataset.state } });
