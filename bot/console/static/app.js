// Inside a platform's app its word on who opened the page stands behind the # of the address: no script of the
// platform is loaded for it. It is handed on by a form, and taken out of the address.
"use strict";

const said = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
history.replaceState(null, "", location.pathname);
if (said) {
  const form = document.getElementById("app");
  form.elements.data.value = said;
  form.submit();
} else {
  document.getElementById("waiting").hidden = true;
}
