// The registration form with a script: schools proposed, answers kept on the device until they are sent, sent again
// with the same key when the connection was lost. Without it the form is an ordinary one.
const KEPT = "quinzaine:inscription:", DAY = 24 * 3600 * 1000, GIVE_UP = 45000;

function begin() {
  const form = document.querySelector("form[data-draft]");
  document.querySelectorAll("[data-schools]").forEach(propose);
  if (form) keep(form);
}

/* a combobox with a list (ARIA 1.2): what is typed stays what is sent; a choice only writes it out */
function propose(place) {
  const input = place.querySelector("input"), list = document.createElement("ul"), said = document.createElement("p");
  const code = document.querySelector("#school_uai");
  let asking, wait, at = -1, schools = [];
  list.id = input.id + "-choix";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", place.dataset.label);
  said.className = "hidden";
  said.setAttribute("role", "status");
  place.append(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (to) => {
    at = to;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (school) => {
    input.value = school.label;
    if (code) code.value = school.uai;
    close();
    said.textContent = "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (found) => {
    schools = found;
    list.replaceChildren(...found.map((school, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = school.label;
      // the field keeps the focus, so that a touch is no leaving
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(school));
      return item;
    }));
    const words = place.dataset;
    said.textContent = !found.length ? words.countNone : found.length === 1 ? words.countOne : words.countMany.replace("{n}", found.length);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    point(-1);
  };
  const ask = async () => {
    const typed = input.value.trim();
    asking?.abort();
    if (typed.length < 2) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.schools}?q=${encodeURIComponent(typed.slice(0, 80))}`, { signal: asking.signal, credentials: "omit" });
      const found = answer.ok ? await answer.json() : [];
      if (document.activeElement === input && input.value.trim() === typed) show(found.filter((school) => school.label !== typed));
    } catch { /* without the list one types */ }
  };
  input.addEventListener("input", () => {
    clearTimeout(wait);
    if (code) code.value = "";
    wait = setTimeout(ask, 150);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden, last = schools.length - 1;
    if (event.key === "ArrowDown" && !open) ask();
    else if (event.key === "ArrowDown" && open) point(at === last ? -1 : at + 1);
    else if (event.key === "ArrowUp" && open) point(at < 0 ? last : at - 1);
    else if (event.key === "Enter" && open && at >= 0) take(schools[at]);
    else if (event.key === "Escape" && open) close();
    else return;
    event.preventDefault();
  });
}

/* answers on this device: from the first letter until they are sent, a day at most */
function keep(form) {
  const slot = KEPT + form.dataset.draft, own = (name) => form.querySelector(`[data-${name}]`);
  let wait, retry, pending = null, touched = false, done = false;
  const store = {
    read() {
      try { return JSON.parse(localStorage.getItem(slot)); } catch { return null; }
    },
    write() {
      const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
      try { localStorage.setItem(slot, JSON.stringify({ at: Date.now(), fields })); } catch { /* full, or forbidden: then nothing is kept */ }
      own("keeping").hidden = false;
    },
    forget() {
      clearTimeout(wait);
      touched = false;
      try { localStorage.removeItem(slot); } catch { /* nothing was kept */ }
    },
  };
  forgetOld();
  const draft = store.read();
  // faults are shown with what was sent, which is newer than what was kept
  if (draft && form.classList.contains("fresh")) {
    fill(form, draft.fields);
    form.classList.remove("fresh");
    own("kept").hidden = own("keeping").hidden = false;
  } else if (!form.classList.contains("fresh")) store.write();
  const later = () => {
    clearTimeout(wait);
    touched = true;
    wait = setTimeout(store.write, 300);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // a page that is left, or thrown away by the device, has kept the last letter
  addEventListener("pagehide", () => touched && form.isConnected && !done && store.write());
  form.querySelectorAll("[data-forget]").forEach((button) => button.addEventListener("click", () => {
    stop();
    store.forget();
    form.reset();
    for (const field of form.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox])")) field.value = "";
    for (const field of form.querySelectorAll("input[type=radio], input[type=checkbox]")) field.checked = false;
    // somebody else begins: what is sent now is another registration
    form.querySelector("[name=key]").value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    own("kept").hidden = own("keeping").hidden = true;
    form.querySelector("#first_name").focus();
  }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  own("again").addEventListener("click", send);
  addEventListener("online", () => pending && send());

  function stop() {
    clearTimeout(retry);
    pending = null;
    own("lost").hidden = true;
    busy(false);
  }
  function busy(now) {
    const button = form.querySelector("[type=submit]");
    if (now && !button.dataset.words) button.dataset.words = button.textContent;
    button.textContent = now ? button.dataset.busy : button.dataset.words ?? button.textContent;
    button.setAttribute("aria-disabled", String(now));
  }
  async function send() {
    if (pending === "now") return;
    pending = "now";
    clearTimeout(retry);
    busy(true);
    store.write();
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
        signal: AbortSignal.timeout?.(GIVE_UP),
      });
      if (answer.status >= 500) throw new Error(answer.status);
      pending = null;
      // who pressed « tout effacer » meanwhile has it all effaced; the answer still counts
      if (answer.status === 200 && answer.headers.get("Content-Type").startsWith("application/json")) {
        done = true;
        store.forget();
        location.assign((await answer.json()).to);
      } else show(await answer.text(), answer.status);
    } catch {
      pending = "lost";
      busy(false);
      own("lost").hidden = false;
      // the key is the same each time: whichever of them arrives, it is one registration
      retry = setTimeout(send, navigator.onLine === false ? 30000 : 8000);
    }
  }
  function show(html, status) {
    // the form again has its faults: kept with what was sent; any other page is the end of it
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.querySelector("form[data-draft]") && status !== 429) {
      done = true;
      store.forget();
    }
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    scrollTo(0, 0);
    begin();
    (document.querySelector("[autofocus]") ?? document.querySelector("main")).focus();
  }
}

function fill(form, fields) {
  for (const [name, value] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
      else field.value = value;
      if (value && field.closest("details")) field.closest("details").open = true;
    }
  }
}

function forgetOld() {
  try {
    for (const name of Object.keys(localStorage).filter((name) => name.startsWith(KEPT))) {
      let at = 0;
      try { at = JSON.parse(localStorage.getItem(name)).at; } catch { /* not ours any more */ }
      if (!(Date.now() - at < DAY)) localStorage.removeItem(name);
    }
  } catch { /* nothing can be kept here */ }
}

begin();
