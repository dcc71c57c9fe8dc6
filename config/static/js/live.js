/* Other people's changes: each event of the tenant's stream becomes `live:<entity>` and `live:<code>` on the body,
   and htmx fetches again what listens to it. Refused a stream, it looks every 10 seconds instead. */

const STREAM = "/api/v1/events/stream/";
const GATHER = 100; // ms: a burst is one fetch
const POLL = 10_000;
const RETRY = 60_000;

let source, poll, gather;
const changed = new Set();

function connect() {
  source?.close();
  source = new EventSource(STREAM);
  source.onopen = () => {
    if (state() !== undefined && state() !== "on") announce("any"); // whatever came in between
    show("on");
  };
  source.onmessage = ({ data }) => {
    const { type, subject } = JSON.parse(data);
    announce(type.split(".")[0]);
    announce(subject);
  };
  source.onerror = () => (source.readyState === EventSource.CLOSED ? lookNowAndThen() : show("waiting"));
}

function lookNowAndThen() {
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
