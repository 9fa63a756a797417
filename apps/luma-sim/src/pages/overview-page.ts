import type { SimControl } from '../control/control.js';
import { card, html, page } from './html.js';

/** How much is shown; the control API has all of it. */
const EVENTS_SHOWN = 100;
const GUESTS_SHOWN = 200;
const REQUESTS_SHOWN = 50;

/** The played Luma at a glance: budget, events with their guests, newest requests. */
export function overviewPage(control: SimControl): string {
  const counters = control.counters();
  const state = control.state();
  const requests = control.log({ limit: REQUESTS_SHOWN }).reverse();
  const duplicates = counters.duplicates.events.length + counters.duplicates.guests.length;
  return page(
    'Simulated Luma',
    html`<h1>Simulated Luma</h1><p class="note">Plays
        Luma's API and webhooks. Nothing here is real; it forgets everything when it stops.</p>
<div class="cards">${[
      card('events', counters.events),
      card('guests', counters.guests),
      card('requests', counters.requests),
      card('over budget', counters.breaches, counters.breaches > 0 ? 'bad' : 'good'),
      card('outside the document', counters.outsideDocument, counters.outsideDocument > 0 ? 'bad' : 'good'),
      card('duplicates', duplicates, duplicates > 0 ? 'bad' : 'good'),
      card(
        'mails by calls',
        Object.values(counters.mailsLumaWouldHaveSent.byApi).reduce((sum, count) => sum + count, 0),
      ),
      card('webhooks delivered', counters.webhooks.delivered),
    ]}</div>
<h2>Budget</h2><table><tr><th>Calendar</th><th>Rule</th><th class="num">In window</th><th class="num">Most in any
  window</th>
<th class="num">Breaches</th><th>Locked until</th></tr>${Object.entries(counters.budgets).flatMap(
      ([calendarId, report]) =>
        report.rules.map(
          (rule) => html`<tr><td><code>${calendarId}</code></td><td>${rule.limit} per ${rule.windowMs / 1_000} s
              (${rule.methods})</td>
<td class="num">${rule.inWindow}</td><td
  class="num ${rule.maxInAnyWindow > rule.limit ? 'bad' : ''}">${rule.maxInAnyWindow}</td>
<td class="num ${report.breaches > 0 ? 'bad' : ''}">${report.breaches}</td><td>${report.lockedUntilMs === null ? '' : new Date(report.lockedUntilMs).toISOString()}</td></tr>`,
        ),
    )}</table>
<h2>Events</h2>${
      state.events.length === 0
        ? html`<p>None
    yet.</p>`
        : html``
    }${state.events.slice(-EVENTS_SHOWN).reverse().map(eventRow)}
<h2>Newest requests</h2><table><tr><th>At (UTC)</th><th>Request</th><th class="num">Status</th><th
  class="num">ms</th><th>Fault</th></tr>
${requests.map(
  (entry) => html`<tr><td>${new Date(entry.arrivedAt).toISOString().slice(11, 23)}</td><td><code>${entry.method}
      ${entry.path}</code></td>
<td class="num ${(entry.status ?? 599) >= 400 ? 'bad' : ''}">${entry.status ?? 'none'}</td><td
  class="num">${entry.durationMs === null ? '' : Math.round(entry.durationMs)}</td><td>${entry.fault}</td></tr>`,
)}</table>`,
    5,
  );
}

const eventRow = (event: ReturnType<SimControl['state']>['events'][number]) => html`<details>
<summary><b>${event.name}</b> <span class="soft">${event.startAt.slice(0, 16).replace('T', ' ')} UTC
  (${event.timezone}), ${event.visibility},
${event.guests.length} guests</span></summary>
<p class="soft"><code>${event.id}</code> on <code>${event.calendarId}</code>,
  ${event.url}${event.geoAddress === null ? '' : `, ${event.geoAddress.full_address ?? ''}`}</p>
<table><tr><th>Guest</th><th>Mail</th><th>Status</th><th class="num">Tickets</th><th>Checked in</th></tr>
${event.guests.slice(0, GUESTS_SHOWN).map(
  (guest) => html`<tr><td>${guest.name}</td><td>${guest.email}</td><td>${guest.status}</td><td
      class="num">${guest.tickets.length}</td>
<td>${guest.checkedInAt?.slice(0, 19).replace('T', ' ') ?? ''}</td></tr>`,
)}</table></details>`;
