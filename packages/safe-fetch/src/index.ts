export { type Fetched, type FetchPublic, type FetchRequest, type FetchSettings, openSafeFetch } from './safe-fetch.js';
