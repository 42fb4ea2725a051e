// <quinzaine-liste organisation="…" departement="27"></quinzaine-liste>: the offers of Quinzaine on any page.
// Plain JavaScript, no cookie, one request to where this script comes from. Words are only ever set as text.
(() => {
  const HOME = new URL("..", document.currentScript.src);
  // filled in when the script is sent, in the language its address says
  const WORDS = {};
  const STYLE = `
    :host { display: block; font: inherit; color: inherit; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { padding: 12px 0; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
    a { color: inherit; font-weight: 600; }
    p { margin: 4px 0 0; font-size: .9em; }
    .state { font-weight: 600; }
    .all { padding: 12px 0; }`;

  class QuinzaineListe extends HTMLElement {
    static observedAttributes = ["organisation", "departement"];

    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        this.shadowRoot.adoptedStyleSheets = [sheet];
      } catch { /* an old browser shows the list without our style */ }
      this.load();
    }

    attributeChangedCallback() {
      if (this.isConnected && this.shadowRoot) this.load();
    }

    async load() {
      const address = new URL("integrer/offres.json", HOME);
      for (const name of QuinzaineListe.observedAttributes)
        if (this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
      const asked = (this.asked = address.href);
      if (!this.shadowRoot.childElementCount) this.show(text("p", WORDS.coming));
      try {
        const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) throw new Error(answer.status);
        const list = await answer.json();
        if (this.asked === asked) this.show(...offers(list), link(list.url, WORDS.all));
      } catch {
        if (this.asked === asked) this.show(text("p", WORDS.failed), link(HOME.href, WORDS.elsewhere));
      }
    }

    show(...parts) {
      this.shadowRoot.replaceChildren(...parts);
    }
  }

  function offers(list) {
    if (!list.offers.length) return [text("p", WORDS.none)];
    const all = document.createElement("ul");
    all.append(...list.offers.map((offer) => {
      const item = document.createElement("li");
      const name = text("a", offer.title);
      name.href = offer.url;
      item.append(name, text("p", [offer.when, offer.city].filter(Boolean).join(", ")));
      if (offer.sectors.length) item.append(text("p", offer.sectors.join(" · ")));
      item.append(text("p", offer.says, "state"));
      return item;
    }));
    return [all];
  }

  function link(address, words) {
    const line = document.createElement("p");
    const name = text("a", words);
    name.href = address;
    line.className = "all";
    line.append(name);
    return line;
  }

  function text(tag, words, name = "") {
    const element = document.createElement(tag);
    element.textContent = words;
    element.className = name;
    return element;
  }

  if (!customElements.get("quinzaine-liste")) customElements.define("quinzaine-liste", QuinzaineListe);
})();
