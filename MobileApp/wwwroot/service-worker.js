// While developing there is nothing to keep: the published app has service-worker.published.js in this place.
self.importScripts('./js/push-worker.js');
