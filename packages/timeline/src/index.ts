export { type CalendarState, toCalendarState } from './calendar-state.js';
export { renderDifference } from './difference-messages.js';
export type * from './facts.js';
export { type RenderedEntry, renderEntry, type StoredEntry } from './render-entry.js';
export type { Rendered, TimelineKind } from './rendered.js';
