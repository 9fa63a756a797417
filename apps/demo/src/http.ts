/**
 * One JSON request to the simulator, with a time limit; luma-sync itself is called by its client. @throws with the
 * method, the path and what was answered.
 */
export async function request<T = unknown>(
  base: string,
  method: string,
  path: string,
  { body }: { body?: unknown } = {},
): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer.slice(0, 500)}`);
  return (answer === '' ? null : JSON.parse(answer)) as T;
}
