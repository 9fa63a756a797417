/*
 * No secret, mail address, name or payload belongs in a log. Code does not put them there; this is the net below it,
 * for the error of a library that carries a whole request, and for the field somebody adds in a hurry.
 */

const censored = '[redacted]';
/** Deep enough for our own fields, and a bound for whatever a library hangs on its errors. */
const depthMax = 5;
const itemsMax = 50;
const textLengthMax = 2_000;

const privateKeys = new Set(
  `address answers apikey api_key apikeys authorization body cookie cookies email emails encryptionkey firstname
   first_name guestname headers host_email key lastname last_name luma_api_key mail password payload personname phone
   phone_number qr_code rawbody rawpayload recipient secret secrets set-cookie signature to token useremail user_email
   username user_name webhooksecret x-luma-api-key`.split(/\s+/),
);

const patterns: [RegExp, string][] = [
  [/\b([a-z]+:\/\/)[^\s/@:]*:[^\s/@]*@/gi, '$1[secret]@'],
  // From the beginning of a word on only: trying each place within it would take quadratic time.
  // The last part of a domain begins with a letter, that of a package's version (`bullmq@6.0.1`) does not.
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z][\w-]*/g, '[mail]'],
  [/\bwhsec_[A-Za-z0-9_+/=-]{12,}/g, '[secret]'],
  // No slash, and not our own name: paths of a stack stay readable.
  [/\b(?:secret|luma(?![-_]sync)|re|sk|lsk|ls_live)[-_][A-Za-z0-9_+=-]{12,}/g, '[secret]'],
  [/\bBearer\s+\S+/gi, 'Bearer [secret]'],
  // With the key of a check-in code, or of a link to join, anybody can act as that guest.
  [/([?&](?:pk|proxy_key)=)[\w-]+/gi, '$1[secret]'],
];

export function scrubText(text: string): string {
  const short = text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
  return patterns.reduce((scrubbed, [pattern, instead]) => scrubbed.replace(pattern, instead), short);
}

/** A copy without what is private: by the name of a field, and by the look of a text. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (value instanceof Error) return scrubError(value, depth);
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (depth >= depthMax) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, itemsMax).map((item) => scrub(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, itemsMax)
      .map(([key, item]) => [key, isPrivate(key, item) ? censored : scrub(item, depth + 1)]),
  );
}

// Null and undefined are kept: that something is absent is worth knowing and gives nothing away.
const isPrivate = (key: string, item: unknown): boolean => item != null && privateKeys.has(key.toLowerCase());

/** What an error is and where it comes from; not the request, response or options that libraries hang on it. */
function scrubError(error: Error, depth: number): object {
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    name,
    ...code,
    message: scrubText(message),
    ...(stack === undefined ? {} : { stack: scrubText(stack) }),
    ...(cause === undefined || depth >= depthMax ? {} : { cause: scrub(cause, depth + 1) }),
  };
}
