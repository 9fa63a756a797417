import { beforeAll, describe, expect, it } from '@jest/globals';
import { openIngress, request, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

describe('GET /', () => {
  it('is a page in a browser: what this is, how it stands, and links that lead somewhere', async () => {
    const answer = await fetch(`${ingress.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('State: ok');
    const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, to]) => to ?? '');
    expect(links).toEqual(expect.arrayContaining(['/docs', '/queues', '/favicon.svg']));
    for (const to of links) {
      const followed = await fetch(`${ingress.url}${to}`, { headers: { accept: 'text/html,*/*;q=0.8' } });
      expect([to, followed.status]).toEqual([to, 200]);
    }
  });

  it('is JSON for a program, and there is an icon', async () => {
    const json = await request(`${ingress.url}/`, { headers: { accept: 'application/json' } });
    expect(json).toMatchObject({ status: 200, body: { name: 'luma-sync', status: 'ok' } });
    const icon = await fetch(`${ingress.url}/favicon.ico`);
    expect(icon.headers.get('content-type')).toContain('image/svg+xml');
  });
});
