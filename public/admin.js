/** Enhancement only: the badge is redrawn while it is being designed. */

const preview = document.querySelector("img[data-preview]");
const field = (name) => document.getElementById(`field-${name}`);
const parts = { shape: "badgeShape", colour: "badgeColour", initials: "badgeInitials" };

function redraw() {
  const query = new URLSearchParams();
  for (const [part, name] of Object.entries(parts)) query.set(part, field(name).value);
  if (query.get("initials").trim() === "") return;
  preview.src = `${preview.dataset.preview}?${query}`;
  preview.hidden = false;
}

if (preview !== null) {
  for (const name of Object.values(parts)) field(name).addEventListener("input", redraw);
}
