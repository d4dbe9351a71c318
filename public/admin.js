/** Enhancement only: the badge is redrawn while it is being designed, and its contrast told. */

const preview = document.querySelector("img[data-preview]");
const contrast = document.getElementById("badge-contrast");
const field = (name) => document.getElementById(`field-${name}`);
const names = ["Shape", "Colour", "Initials", "Icon", "Ink", "InkColour", "Picture"];
const badgeFields = names.map((name) => `badge${name}`);

async function redraw() {
  const query = new URLSearchParams(badgeFields.map((name) => [name, field(name).value]));
  const isNothing = ["badgeInitials", "badgeIcon", "badgePicture"].every(
    (name) => query.get(name).trim() === "",
  );
  if (isNothing) return;
  preview.src = `${preview.dataset.preview}?${query}`;
  preview.hidden = false;
  const answer = await fetch(`${contrast.dataset.contrast}?${query}`);
  if (!answer.ok) return;
  const sentences = (await answer.text()).split("\n").map((text) => {
    const paragraph = document.createElement("p");
    paragraph.className = "quiet";
    paragraph.textContent = text;
    return paragraph;
  });
  contrast.replaceChildren(...sentences);
}

if (preview !== null) {
  for (const name of badgeFields) field(name).addEventListener("input", () => void redraw());
}
