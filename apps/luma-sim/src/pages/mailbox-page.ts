import type { Mailbox, StoredMail } from '../mailbox/mailbox.js';
import { card, html, page } from './html.js';

/** Newest mails shown; more would make the page slow without telling more. */
const SHOWN = 100;

/** The mails, newest first; each opens to its HTML in a frame that can do nothing. */
export function mailboxPage(mailbox: Mailbox): string {
  const mails = mailbox.list().slice(-SHOWN).reverse();
  const counts = mailbox.counters();
  const doubled = counts.mailsToSameAddressAndSubject.length;
  return page(
    `Mailbox (${counts.mails})`,
    html`<h1>Mailbox</h1><p class="note">Mails that would have been sent. None leaves this machine.</p>
<div class="cards">${[
      card('mails', counts.mails),
      card('same key again', counts.repeated),
      card('refused', counts.refused + counts.conflicts + counts.rateLimited),
      card('same address and subject', doubled, doubled > 0 ? 'bad' : 'good'),
    ]}</div>
${mails.length === 0 ? html`<p>No mail yet.</p>` : html`${mails.map(mailRow)}`}
${counts.mails > SHOWN ? html`<p class="note">The newest ${SHOWN} of ${counts.mails} mails.</p>` : html``}`,
    null,
  );
}

const mailRow = (mail: StoredMail) => html`<details><summary><b>${mail.subject}</b> to ${mail.to.join(', ')}
<span class="soft">${mail.at.slice(0, 19).replace('T', ' ')} UTC, from ${mail.from}</span></summary>
<iframe sandbox="" loading="lazy" title="${mail.subject}" src="/_mailbox/mails/${mail.id}/html"></iframe></details>`;

/** What the frame shows: the mail's own HTML, or its text. */
export function mailHtml(mail: StoredMail): string {
  return mail.html ?? html`<!doctype html><meta charset="utf-8"><pre>${mail.text}</pre>`.text;
}
