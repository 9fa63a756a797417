import { toVisibleText } from '@luma-sync/domain';

/**
 * A plain page without scripts; style comes from `/assets/ingress.css`, so that the content policy needs no exception.
 */
export function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/assets/ingress.css">
</head>
<body><main>${body}</main></body>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string =>
  toVisibleText(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
