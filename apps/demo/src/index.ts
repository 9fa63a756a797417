export { type Comparison, compareSides } from './compare.js';
