/** What a guest pull will do about coupons, as far as it is known before the list is read. */
export interface CouponOutlook {
  assigned: boolean;
  mailed: boolean;
  /** People known here who would be mailed a code now; 0 when nobody is mailed. */
  recipients: number;
  /** One sentence for an operator. */
  message: string;
}

/** What a pull was asked for; undefined: its request does not say. */
export interface CouponWish {
  assignCoupons: boolean | undefined;
  sendEmails: boolean | undefined;
}

/** What decides where the request does not say. */
export interface CouponDefaults {
  isCancelled: boolean;
  mailCoupons: boolean;
}

/** Coupons are assigned unless the request says otherwise, and mailed where it or the calendar says so. */
export function decideCoupons({ assignCoupons, sendEmails }: CouponWish, { isCancelled, mailCoupons }: CouponDefaults) {
  return { assignCoupons: assignCoupons ?? !isCancelled, sendEmails: sendEmails ?? (mailCoupons && !isCancelled) };
}

export function describeCoupons(
  wish: CouponWish,
  defaults: CouponDefaults,
  { pools, recipients }: { pools: number; recipients: number },
): CouponOutlook {
  const { assignCoupons: isAssigned, sendEmails } = decideCoupons(wish, defaults);
  const assigned = isAssigned && pools > 0;
  const mailed = assigned && sendEmails;
  const none = { assigned, mailed, recipients: 0 };
  if (!isAssigned) {
    const why = defaults.isCancelled ? 'the event is cancelled' : 'the request asks for none';
    return { ...none, message: `No coupons are assigned: ${why}.` };
  }
  if (pools === 0) return { ...none, message: 'No coupons are assigned: no pool is linked to the event.' };
  if (!mailed) {
    const why = wish.sendEmails === false ? 'the request asks for no mail' : 'the calendar does not (mailCoupons)';
    return { ...none, message: `Coupons are assigned, and nobody is mailed: ${why}.` };
  }
  const people = `${recipients} ${recipients === 1 ? 'person' : 'people'}`;
  const why = wish.sendEmails === true ? 'the request asks for it' : 'the calendar does so (mailCoupons)';
  const message = `Coupons are assigned and mailed, to ${people} of those known here: ${why}.`;
  return { assigned, mailed, recipients, message };
}
