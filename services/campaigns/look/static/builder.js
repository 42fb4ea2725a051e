// The week builder by hand: drag, stretch, arrow keys, and the drawer. Every move posts the form of a move.
(() => {
  'use strict';
  const STEP = 15, DAY = 24 * 60;
  const board = () => document.getElementById('semaine');
  const drawer = document.getElementById('fiche');
  const live = document.getElementById('annonce');
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const clock = (m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
  const days = () => [...board().querySelectorAll('.board')];
  const groups = () => board().dataset.groups.split(' ').filter(Boolean);
  const say = (text) => { if (text) live.textContent = text; };

  // one move at a time: the next reads the version that the one before has left
  let last = Promise.resolve();
  const send = (id, place) => {
    last = last.then(() => {
      const block = board().querySelector(`[data-session="${id}"]`);
      if (!block) return undefined;
      const values = { csrf: board().dataset.csrf, version: block.dataset.version, ...place(block.dataset) };
      const url = `${board().dataset.base}/seances/${id}/deplacement`;
      return htmx.ajax('POST', url, { target: '#semaine', swap: 'outerHTML', values }).catch(() => undefined);
    });
  };

  const put = (block, starts, ends, lane) => {
    block.className = block.className.replace(/\b(sh|sm|eh|em)-\d+/g, '').replace(/\blane-\d+/, `lane-${lane}`);
    block.classList.add(`sh-${Math.floor(starts / 60)}`, `sm-${Math.floor((starts % 60) / 5)}`, `eh-${Math.floor(ends / 60)}`, `em-${Math.ceil((ends % 60) / 5)}`);
  };

  // drag -------------------------------------------------------------------------------------------
  let drag = null, dropped = 0;
  const begin = (event) => {
    const block = event.target.closest('.block');
    const grip = event.target.closest('.grip');
    if (!block || event.button !== 0 || !block.querySelector('.grip') || !matchMedia('(min-width: 48rem)').matches) return;
    if (event.pointerType !== 'mouse' && !grip && !event.target.closest('.handle')) return;
    drag = { block, stretch: Boolean(grip), x: event.clientX, y: event.pageY, id: event.pointerId, moved: false,
      starts: minutes(block.dataset.starts), ends: minutes(block.dataset.ends), date: block.dataset.date, lane: Number(/\blane-(\d+)/.exec(block.className)[1]) };
    drag.to = { starts: drag.starts, ends: drag.ends, date: drag.date, lane: drag.lane };
  };
  const lift = () => {
    drag.moved = true;
    drag.ghost = drag.block.cloneNode(true);
    drag.ghost.classList.add('ghost');
    drag.ghost.querySelectorAll('[id]').forEach((one) => one.removeAttribute('id'));
    drag.ghost.setAttribute('aria-hidden', 'true');
    drag.block.classList.add('lifted');
    drag.block.parentNode.append(drag.ghost);
    document.body.classList.add('dragging');
    try { drag.block.setPointerCapture(drag.id); } catch { /* the pointer is gone already */ }
  };
  const follow = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.pageY - drag.y) < 5) return;
    if (!drag.moved) lift();
    event.preventDefault();
    const hour = drag.block.closest('.board').getBoundingClientRect().height / board().querySelectorAll('.week .hours')[0].children.length;
    const shift = Math.round((event.pageY - drag.y) / hour * 60 / STEP) * STEP;
    const to = drag.to;
    if (drag.stretch) {
      to.ends = Math.min(Math.max(drag.ends + shift, drag.starts + STEP), DAY - 5);
    } else {
      const length = drag.ends - drag.starts;
      to.starts = Math.min(Math.max(drag.starts + shift, 0), DAY - 5 - length);
      to.ends = to.starts + length;
      const over = days().find((day) => { const box = day.getBoundingClientRect(); return event.clientX >= box.left && event.clientX <= box.right && event.clientY > box.top - 120 && event.clientY < box.bottom + 120; });
      if (over) {
        to.date = over.dataset.date;
        if (drag.lane && groups().length > 1) {
          const box = over.getBoundingClientRect();
          to.lane = Math.min(groups().length, 1 + Math.max(0, Math.floor((event.clientX - box.left) / box.width * groups().length)));
        }
        over.querySelector('.tracks').append(drag.ghost);
      }
    }
    put(drag.ghost, to.starts, to.ends, to.lane);
    const when = drag.ghost.querySelector('.when');
    if (when) when.textContent = `${clock(to.starts)}–${clock(to.ends)}`;
  };
  const drop = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { block, to, moved, ghost, starts, ends, date, lane } = drag;
    if (moved) {
      ghost.remove();
      block.classList.remove('lifted');
      document.body.classList.remove('dragging');
      dropped = Date.now();
      const same = to.starts === starts && to.ends === ends && to.date === date && to.lane === lane;
      if (event.type === 'pointerup' && !same) {
        const place = { date: to.date, starts: clock(to.starts), ends: clock(to.ends) };
        if (to.lane !== lane) place.group = groups()[to.lane - 1];
        send(block.dataset.session, () => place);
      }
    }
    drag = null;
  };
  document.addEventListener('pointerdown', begin);
  document.addEventListener('pointermove', follow, { passive: false });
  document.addEventListener('pointerup', drop);
  document.addEventListener('pointercancel', drop);
  // the click that ends a drag opens nothing
  document.addEventListener('click', (event) => {
    if (Date.now() - dropped < 300 && event.target.closest('.block')) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener('selectstart', (event) => { if (drag) event.preventDefault(); });
  document.addEventListener('dragstart', (event) => { if (event.target.closest('.block')) event.preventDefault(); });

  // keys -------------------------------------------------------------------------------------------
  const arrows = { ArrowUp: [-STEP, 0], ArrowDown: [STEP, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (drag && drag.moved) drop({ type: 'cancel', pointerId: drag.id });
      else if (drawer.firstElementChild) close();
      return;
    }
    const block = event.target.closest && event.target.closest('.block');
    const by = arrows[event.key];
    if (!block || !by || !block.querySelector('.grip') || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const stretch = event.shiftKey;
    if (stretch && by[1]) return;
    send(block.dataset.session, (now) => {
      const starts = minutes(now.starts), ends = minutes(now.ends), dates = days().map((day) => day.dataset.date);
      const length = ends - starts;
      const date = dates[Math.min(Math.max(dates.indexOf(now.date) + by[1], 0), dates.length - 1)];
      if (stretch) return { date, starts: now.starts, ends: clock(Math.min(Math.max(ends + by[0], starts + STEP), DAY - 5)) };
      const moved = Math.min(Math.max(starts + by[0], 0), DAY - 5 - length);
      return { date, starts: clock(moved), ends: clock(moved + length) };
    });
  });

  // the drawer -------------------------------------------------------------------------------------
  let opener = '';
  const close = () => {
    drawer.replaceChildren();
    const back = opener && document.getElementById(opener);
    if (back) back.focus();
  };
  document.addEventListener('click', (event) => {
    const cell = event.target.closest('.cells a');
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = '';
    htmx.ajax('GET', cell.getAttribute('href'), { target: '#fiche', swap: 'innerHTML' });
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('#fiche .close, #fiche .actions a')) return;
    event.preventDefault();
    close();
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    const block = event.target.closest && event.target.closest('.block > a');
    if (block) opener = block.id;
    // a phone has room for the sheet alone: its own page
    if (event.detail.requestConfig.verb === 'get' && matchMedia('(max-width: 47.99rem)').matches) {
      event.preventDefault();
      location.href = event.detail.requestConfig.path;
    }
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target.id === 'fiche') {
      const first = drawer.querySelector('[aria-invalid], .both-hands h2, #title');
      if (first) first.focus();
      drawer.scrollTop = 0;
      return;
    }
    if (!board()) return;
    const path = event.detail.pathInfo ? event.detail.pathInfo.requestPath : '';
    if (event.detail.requestConfig && event.detail.requestConfig.verb === 'post' && !path.endsWith('/deplacement')) close();
    say(board().dataset.said);
  });
  const trouble = (text) => {
    say(text);
    const alert = Object.assign(document.createElement('div'), { className: 'summary', textContent: text });
    board().querySelectorAll(':scope > .summary').forEach((one) => one.remove());
    board().prepend(alert);
    alert.scrollIntoView({ block: 'nearest' });
  };
  document.addEventListener('htmx:sendError', () => trouble(live.dataset.silent));
  document.addEventListener('htmx:responseError', (event) => trouble(event.detail.xhr.status === 403 ? live.dataset.refused : live.dataset.broken));
  document.addEventListener('htmx:beforeSwap', (event) => {
    // the sign-in has ended meanwhile: its page is a page of its own
    const { pathname, href } = new URL(event.detail.xhr.responseURL || location.href);
    if (pathname.replace(/^\/en(?=\/)/, '').startsWith('/connexion')) { event.detail.shouldSwap = false; location.href = href; }
  });
})();
