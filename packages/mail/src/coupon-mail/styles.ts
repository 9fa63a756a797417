import type { CSSProperties } from 'react';

/** Mail clients read inline styles only, and few of them. */
const font = '-apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';

export const body: CSSProperties = { backgroundColor: '#f5f5f4', fontFamily: font, margin: 0, padding: '24px 0' };
export const box: CSSProperties = { backgroundColor: '#ffffff', borderRadius: 8, maxWidth: 520, padding: '32px 28px' };
export const title: CSSProperties = { color: '#1c1917', fontSize: 22, lineHeight: '30px', margin: '0 0 16px' };
export const paragraph: CSSProperties = { color: '#292524', fontSize: 16, lineHeight: '24px', margin: '0 0 16px' };
export const codeBox: CSSProperties = {
  backgroundColor: '#f5f5f4',
  borderRadius: 6,
  color: '#1c1917',
  fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
  fontSize: 20,
  letterSpacing: 1,
  margin: '0 0 20px',
  padding: '14px 16px',
  textAlign: 'center',
};
export const link: CSSProperties = { color: '#1d4ed8', textDecoration: 'underline' };
export const faint: CSSProperties = { color: '#78716c', fontSize: 13, lineHeight: '20px', margin: 0 };
