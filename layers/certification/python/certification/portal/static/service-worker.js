// The installed app without a network: a page that says so. Nothing else is ever kept, and no page of a person.
// Kept are the files named in KEPT only. VERSION is the hash of all static files: a new release is a new cache, and the
// old ones are deleted. Both names are filled in when the file is served (portal/installed.py).
const VERSION = '{version}';
const KEPT = {kept};
const CACHE = `assay-${VERSION}`;

// Fetched without cookies: these pages are those of nobody, whoever is signed in.
const fresh = (address) => new Request(address, { credentials: 'omit', cache: 'reload' });

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT.map(fresh))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('assay-') && name !== CACHE;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    const language = address.pathname.startsWith('/zh') ? 'zh' : 'en';
    event.respondWith(fetch(request).catch(() => caches.match(`/${language}/offline`)));
  } else if (KEPT.includes(address.pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
