// The attendance sheet without a network: what was marked stays on this telephone (ids only, no names) and is sent
// when the network is back, with the time it was filled in. Without this script the sheet is a plain form.
(() => {
  const KEY = "quinzaine.presences";
  const form = document.querySelector("form[data-keep]");
  const note = document.getElementById("hors-ligne");
  if (!form || !note) return;

  const read = () => JSON.parse(localStorage.getItem(KEY) || "[]");
  const write = (kept) => (kept.length ? localStorage.setItem(KEY, JSON.stringify(kept)) : localStorage.removeItem(KEY));
  const say = (words) => { note.textContent = words; note.hidden = !words; };

  // false: not sent, try again later; what the server refuses is told and let go of
  const send = async (sheet) => {
    const body = new URLSearchParams(sheet.body);
    const mark = form.querySelector("input[name=csrf]");
    if (mark) body.set("csrf", mark.value);
    try {
      const answer = await fetch(sheet.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
      return answer.type === "opaqueredirect" || answer.ok || (answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 403);
    } catch {
      return false;
    }
  };

  let sending = false;
  const sendKept = async () => {
    if (sending || !read().length) return;
    sending = true;
    while (read().length && (await send(read()[0]))) write(read().slice(1));
    sending = false;
    if (read().length) say(note.dataset.kept);
    else location.reload();
  };

  form.addEventListener("submit", async (event) => {
    form.elements.filled_at.value = new Date().toISOString();
    if (navigator.onLine && !read().length) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const changed = [...data].filter(([name, value]) => !name.includes(".") || (!name.startsWith("avant.") && value !== data.get(`avant.${name}`)));
    write([...read(), { action: form.action, body: new URLSearchParams(changed).toString() }]);
    await sendKept();
  });
  addEventListener("online", sendKept);
  sendKept();
})();
