/**
 * <rosette-badge credential="https://badges.example.org/credentials/…">Name, issuer</rosette-badge>
 *
 * Shows the card of a shared credential in a frame. What stands inside the element is shown until
 * then, and where there are no scripts. Nothing about the page that holds it is sent.
 */
const origin = new URL(import.meta.url).origin;

/** `URL.parse` is missing in browsers from before 2024. */
function addressOf(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

class RosetteBadge extends HTMLElement {
  static observedAttributes = ["credential"];

  connectedCallback() {
    this.show();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  show() {
    const address = addressOf(this.getAttribute("credential") ?? "");
    // Only credentials of the place that this script came from.
    const isOurs =
      address?.origin === origin && /^\/credentials\/[0-9a-f-]{36}$/.test(address.pathname);
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (!isOurs) {
      root.replaceChildren(document.createElement("slot"));
      return;
    }
    const frame = document.createElement("iframe");
    frame.src = `${address.href}/card`;
    frame.title = `Credential: ${this.textContent?.trim() ?? ""}`;
    frame.loading = "lazy";
    frame.referrerPolicy = "no-referrer";
    frame.width = this.getAttribute("width") ?? "340";
    frame.height = this.getAttribute("height") ?? "420";
    frame.style.border = "0";
    frame.style.maxWidth = "100%";
    root.replaceChildren(frame);
  }
}

if (!customElements.get("rosette-badge")) customElements.define("rosette-badge", RosetteBadge);
