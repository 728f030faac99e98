// Observable Plot asks d3-geo for one thing while it loads, and needs it for maps alone, which are not drawn by it here: 12 kB less.
"use strict";
d3.geoTransform ??= (methods) => methods;
