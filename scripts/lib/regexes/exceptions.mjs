/**
 * Regular expressions that the check does not judge, each with its reason. Files as in the repository; `source` as it
 * stands between the slashes, null for what is put together at run time. What reads text from outside belongs here only
 * when its length is bounded before it.
 */
export const exceptions = [
  {
    file: 'apps/ingress/src/queue-board/board-adapter.ts',
    source: '<link[^>]*fonts\\.googleapis\\.com[^>]*>',
    reason: 'reads the page that Bull Board ships, a few kilobytes without any text from outside',
  },
  {
    file: 'apps/ingress/src/queue-board/board-adapter.ts',
    source: '<style>[\\s\\S]*?<\\/style>',
    reason: 'reads the page that Bull Board ships, a few kilobytes without any text from outside',
  },
  {
    file: 'apps/luma-sim/src/faults.ts',
    source: null,
    reason:
      'a fault of the simulator names its paths by a pattern; a caller that lays faults may stop the simulator anyway',
  },
  {
    file: 'packages/runtime/src/log/scrub.ts',
    source: '(?<![\\w.+-])[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z][\\w-]*',
    reason:
      'the analysis can only guess behind a lookbehind; bench/src/text measures it, and the text has 2,000 characters',
  },
  {
    file: 'packages/luma-client/src/presentable-words.ts',
    source: '(?<![^\\s@<>"\'(),;:])[^\\s@<>"\'(),;:]+@[^\\s@<>"\'(),;:]+',
    reason:
      'the analysis can only guess behind a lookbehind; bench/src/text measures it, and the text has 4,000 characters',
  },
  {
    file: 'packages/runtime/src/log/scrub.ts',
    source: '\\b(?:secret|luma(?![-_]sync)|re|sk|lsk|ls_live)[-_][A-Za-z0-9_+=-]{12,}',
    reason:
      'linear, since from each place it fails within 12 characters; the counted part is too large for the analysis',
  },
  {
    file: 'packages/luma-facts/src/judge.ts',
    source: null,
    reason: 'patterns of the kept table, six in all, which the simulator judges requests by; no product code does',
  },
  {
    file: 'packages/luma-facts/src/arbitrary.ts',
    source: null,
    reason: 'patterns of the kept table, from which tests make values',
  },
];
