"use strict";

const REFRESH_MS = 1000;
const list = document.getElementById("mails");
const state = document.getElementById("state");
const template = document.getElementById("mail");

function show(mail) {
  const article = template.content.firstElementChild.cloneNode(true);
  const set = (selector, text) => (article.querySelector(selector).textContent = text);
  article.dataset.id = mail.id;
  set("h2", mail.subject);
  set(".to", mail.to.join(", "));
  set(".from", mail.from);
  set("time", mail.sent_at ?? "unknown");
  set("pre", mail.text);
  article.querySelector("iframe").src = `/mails/${encodeURIComponent(mail.id)}`;
  const code = article.querySelector(".code");
  if (mail.code === null) {
    code.remove();
  } else {
    const button = code.querySelector("button");
    button.textContent = mail.code;
    button.setAttribute("aria-label", `Copy the code ${mail.code}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(mail.code);
      code.querySelector("span").textContent = "copied";
    });
  }
  return article;
}

// Articles that are there stay as they are: a frame that is made anew would flicker, and lose where somebody scrolled.
function update(mails) {
  const wanted = new Set(mails.map((mail) => mail.id));
  for (const article of [...list.children]) {
    if (!wanted.has(article.dataset.id)) article.remove();
  }
  const known = new Set([...list.children].map((article) => article.dataset.id));
  for (const mail of mails) {
    if (!known.has(mail.id)) list.prepend(show(mail));
  }
  const some = mails.length === 1 ? "1 mail" : `${mails.length} mails, the newest first`;
  state.textContent = mails.length === 0 ? "No mail yet" : some;
}

async function refresh() {
  try {
    const answer = await fetch("/mails");
    if (!answer.ok) throw new Error(await answer.text());
    update(await answer.json());
  } catch (error) {
    state.textContent = `The inbox cannot be read: ${error.message}`;
  }
  setTimeout(refresh, REFRESH_MS);
}

refresh();
