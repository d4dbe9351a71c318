/** Says that Rosette went on in another window; a ticket works only once. */

for (const form of document.querySelectorAll("form[data-new-window]")) {
  form.addEventListener("submit", () => {
    // After the form has been sent: what is not shown any more is not sent either.
    setTimeout(() => {
      form.hidden = true;
      for (const note of document.querySelectorAll("[data-opened]")) note.hidden = false;
    });
  });
}
