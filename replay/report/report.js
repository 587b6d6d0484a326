"use strict";
// Chooses what is shown. The one rule: it knows no figure and no rule; it only puts pieces where they belong.
{
  const answers = JSON.parse(document.getElementById("answers").textContent);
  const asOf = document.getElementById("as-of");
  const knownAt = document.getElementById("known-at");
  const pieces = new Map();
  const shown = new Map();
  let mark = answers.mark;
  let speaking = 0;

  for (const template of document.querySelectorAll("template[data-pieces]")) {
    const first = template.content.firstElementChild;
    const holder = first && first.localName === "svg" ? first : template.content;
    pieces.set(template.dataset.pieces, [...holder.children]);
  }
  for (const agreement of answers.agreements) {
    agreement.parts.forEach((part) => { part.lists = unpacked(part.lists); });
    agreement.figures.histories = unpacked(agreement.figures.histories);
  }

  function unpacked(lists) {
    let before = [];
    return lists.map(([same, ...rest]) => (before = before.slice(0, same).concat(rest)));
  }

  // Which history of an agreement a point of the two clocks shows; the last is the one that tells nothing.
  function placeOf(agreement, [day, instant]) {
    const ownDay = agreement.days[day];
    const ownInstant = agreement.instants[instant];
    const told = ownDay !== null && ownInstant !== null;
    return { told, ownDay, ownInstant, history: told ? agreement.places[ownInstant][ownDay] : agreement.nothing };
  }

  function listOf(part, place) {
    if (part.places) return part.lists[place.told ? part.places[place.ownInstant][place.ownDay] : part.nothing];
    return part.lists[part.histories[place.history]];
  }

  function clones(name, numbers) {
    const mine = pieces.get(name);
    return numbers.map((number) => mine[number].cloneNode(true));
  }

  function put(slot, key, fresh) {
    if (shown.get(slot) === key) return;
    shown.set(slot, key);
    const kept = [...slot.children].filter((child) => "kept" in child.dataset);
    slot.replaceChildren(...kept, ...fresh());
  }

  function at(name, number) {
    return document.querySelector(`[data-${name}="${number}"]`);
  }

  function show() {
    const point = [Number(asOf.value), Number(knownAt.value)];
    asOf.setAttribute("aria-valuetext", answers.days[point[0]]);
    knownAt.setAttribute("aria-valuetext", answers.instants[point[1]]);
    document.getElementById("point").textContent = answers.points.now
      .replace("{day}", answers.days[point[0]]).replace("{instant}", answers.instants[point[1]]);
    answers.agreements.forEach((agreement, number) => {
      const place = placeOf(agreement, point);
      for (const part of agreement.parts) {
        const name = `${number}-${part.name}`;
        const numbers = listOf(part, place);
        const slot = at("part", name);
        if (slot) put(slot, numbers, () => clones(name, numbers));
        const cursor = at("cursor", name);
        if (cursor) cursor.setAttribute("d", `M${part.x[point[0]]} 8V160`);
      }
      compare(agreement, number, placeOf(agreement, mark), place);
    });
    document.querySelectorAll("[data-from]").forEach((line) => {
      line.textContent = answers.points.between
        .replace("{day}", answers.days[mark[0]]).replace("{instant}", answers.instants[mark[1]])
        .replace("{later_day}", answers.days[point[0]]).replace("{later_instant}", answers.instants[point[1]]);
    });
    clearTimeout(speaking);
    speaking = setTimeout(speak, 400, point);
  }

  // Said to those who hear the page, once the slider has come to rest.
  function speak(point) {
    if (answers.agreements.length !== 1) return;
    const [agreement] = answers.agreements;
    const part = agreement.parts.find((one) => one.name === "spoken");
    const said = clones("0-spoken", listOf(part, placeOf(agreement, point)));
    document.getElementById("spoken").replaceChildren(...said);
  }

  function figures(agreement, history) {
    const found = new Map();
    for (const group of agreement.figures.histories[history]) {
      const flat = agreement.figures.groups[group];
      for (let n = 0; n < flat.length; n += 2) found.set(flat[n], flat[n + 1]);
    }
    return found;
  }

  // Lays the figures of two histories side by side, where they are not the same.
  function compare(agreement, number, before, after) {
    const [from, to] = [figures(agreement, before.history), figures(agreement, after.history)];
    const rows = [];
    agreement.figures.now.forEach((isNow, name) => {
      const [was, is] = [from.get(name), to.get(name)];
      if (was === is || (!isNow && (was === undefined || is === undefined))) return;
      const row = document.createElement("tr");
      row.append(...clones(`${number}-names`, [name]));
      for (const value of [was, is]) {
        row.append(...(value === undefined ? [empty()] : clones(`${number}-values`, [value])));
      }
      rows.push(row);
    });
    const events = agreement.parts.find((part) => part.name === "events");
    const [told, tells] = [listOf(events, before), listOf(events, after)];
    const [atMark, atPoint] = [new Set(told), new Set(tells)];
    const gained = tells.filter((one) => !atMark.has(one));
    const lost = told.filter((one) => !atPoint.has(one));
    const key = `${before.history} ${after.history}`;
    put(at("changes", number), key, () => rows);
    at("changes", number).closest(".scroll").hidden = !rows.length;
    put(at("gained", number), key, () => clones(`${number}-events`, gained));
    put(at("lost", number), key, () => clones(`${number}-events`, lost));
    at("gained", number).previousElementSibling.hidden = !gained.length;
    at("lost", number).previousElementSibling.hidden = !lost.length;
    const same = !rows.length && !gained.length && !lost.length;
    at("same", number).hidden = !same;
    at("different", number).hidden = same;
  }

  function empty() {
    const cell = document.createElement("td");
    cell.className = "number";
    cell.textContent = "–";
    return cell;
  }

  for (const slider of [asOf, knownAt]) slider.addEventListener("input", show);
  for (const button of document.querySelectorAll("button[data-step]")) {
    button.addEventListener("click", () => {
      const slider = document.getElementById(button.dataset.clock);
      slider.value = Number(slider.value) + Number(button.dataset.step);
      show();
    });
  }
  document.getElementById("now").addEventListener("click", () => {
    asOf.value = asOf.max;
    knownAt.value = knownAt.max;
    show();
  });
  document.getElementById("mark").addEventListener("click", () => {
    mark = [Number(asOf.value), Number(knownAt.value)];
    show();
  });
  document.querySelectorAll(".sliders, .buttons, .compare").forEach((one) => { one.hidden = false; });
  [asOf.value, knownAt.value] = answers.start;
  show();
}
