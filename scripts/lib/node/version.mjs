import { readFileSync } from 'node:fs';
import { inRoot } from '../paths.mjs';

/** The oldest Node that runs the commands, from `engines` in package.json, as `[major, minor]`. */
export function oldestNode() {
  const { engines } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return toVersion(engines.node);
}

/** @param {string} text such as `v22.18.0` or `>=22.18` */
export function toVersion(text) {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text);
  return [Number(major), Number(minor)];
}

export function isOlder([major, minor], [thanMajor, thanMinor]) {
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
