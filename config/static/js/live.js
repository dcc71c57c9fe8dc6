/* Other people's changes: each event of the tenant's stream becomes `live:<entity>` and `live:<code>` on the body,
   and htmx fetches again what listens to it. Refused a stream, it looks every 10 seconds instead. */

const STREAM = "/api/v1/events/stream/";
const GATHER = 100; // ms: a burst is one fetch
const POLL = 10_000;
const RETRY = 60_000;
const PATIENCE = 4_000; // the server ends a stream now and then; a quick return is no news

let source, poll, gather, lost;
const changed = new Set();

function connect() {
  source?.close();
  source = new EventSource(STREAM);
  source.onopen = () => {
    const away = lost !== undefined || (state() ?? "on") !== "on";
    clearTimeout(lost);
    lost = undefined;
    if (away) announce("any"); // whatever came in between
    show("on");
  };
  source.onmessage = ({ data }) => {
    const { type, subject } = JSON.parse(data);
    announce(type.split(".")[0]);
    announce(subject);
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) lookNowAndThen();
    else lost ??= setTimeout(() => show("waiting"), PATIENCE);
  };
}

function lookNowAndThen() {
  clearTimeout(lost);
  lost = undefined;
  show("polling");
  clearInterval(poll);
  poll = setInterval(() => announce("any"), POLL);
  setTimeout(() => document.hidden || connect(), RETRY);
}

function announce(name) {
  changed.add(name);
  clearTimeout(gather);
  gather = setTimeout(() => {
    for (const each of changed) document.body.dispatchEvent(new CustomEvent(`live:${each}`));
    changed.clear();
  }, GATHER);
}

const state = () => document.documentElement.dataset.live;

function show(next) {
  if (next === "on") clearInterval(poll);
  document.documentElement.dataset.live = next;
}

/* A page nobody looks at holds no connection: browsers allow only six to a host. */
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return connect();
  clearInterval(poll);
  source?.close();
  show("waiting");
});

addEventListener("pagehide", () => source?.close());
if (!document.hidden) connect();
