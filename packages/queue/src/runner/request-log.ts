import type { RequestNote, RunRequests } from '@luma-sync/jobs';

/** A longer list helps nobody; the rest is counted. */
const REQUESTS_LISTED = 50;

/** The requests that one run made. */
export class RequestLog implements RunRequests {
  readonly requests: RequestNote[] = [];
  requestsMore = 0;

  add(request: RequestNote): void {
    if (this.requests.length < REQUESTS_LISTED) this.requests.push(request);
    else this.requestsMore += 1;
  }
}
