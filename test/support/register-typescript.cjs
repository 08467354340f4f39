const { register } = require('node:module');
const { pathToFileURL } = require('node:url');

register('./native-loader.js', pathToFileURL(__filename));
