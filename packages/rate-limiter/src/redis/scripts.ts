import {
  BOOKING_GRACE_MS,
  LOOKAHEAD_MS,
  REMEMBER_MIN_MS,
  RETURNED_MAX,
  SERVER_LIMIT_TTL_MS,
  SHARES,
  STATE_TTL_MS,
  STRETCH_MAX,
  TICKET_GRACE_MS,
  TICKET_SHARES,
} from '../core/constants.js';

/**
 * The operations as Lua. They follow memory/memory-budget.ts and core/lanes.ts statement by statement; a test runs both
 * on the same random sequences and compares every answer. Change both together.
 *
 * Redis' own clock is the only one: no process's time ever enters, only lengths of time do.
 */
const SERVER_CLOCK = `
local t = redis.call('TIME')
local clock = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)`;

/** For the differential test and the simulation alone: the last argument is the time. */
const TEST_CLOCK = `
local clock = tonumber(ARGV[#ARGV])`;

const PRELUDE = `
local STATE, TICKETS = KEYS[1], KEYS[2]
local BACK = { KEYS[3], KEYS[4], KEYS[5] }
local LOG = { all = KEYS[6], read = KEYS[7], write = KEYS[8] }

-- Who remembers: another run id means that Redis was restarted or that a replica took over, so the newest slots may
-- be missing.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or 'unnamed'
local state = {}
do
  local raw = redis.call('HGETALL', STATE)
  for i = 1, #raw, 2 do state[raw[i]] = raw[i + 1] end
end
local function num(field) return tonumber(state[field] or '0') end

-- Never runs backwards, whatever the machine's clock does: set back and forward again, it would free slots too early.
local now = math.max(clock, num('clock'))
redis.call('HSET', STATE, 'clock', string.format('%.0f', now))
redis.call('PEXPIRE', STATE, ${STATE_TTL_MS})
local isKnown = state.run == run
local isClaimed = state.claimRun == run and num('claimUntil') > now

local function text(n) return string.format('%.0f', n) end
-- Starts from the time of opening: an id from before a loss of memory must not name a slot from after it.
local function nextSeq() return text(redis.call('HINCRBY', STATE, 'seq', 1)) end
`;

/** Windows arrive as limit, headroom, windowMs, methods for each. */
const WINDOWS = `
local function readWindows(from, count)
  local windows = {}
  for i = 0, count - 1 do
    local at = from + i * 4
    windows[i + 1] = { limit = tonumber(ARGV[at]), headroom = tonumber(ARGV[at + 1]), windowMs = tonumber(ARGV[at + 2]),
      methods = ARGV[at + 3], isFirst = i == 0 }
  end
  return windows
end

local function toCapacity(window)
  local limit = window.limit
  if window.isFirst and state.serverLimit and num('serverLimitUntil') > now then
    limit = math.min(limit, num('serverLimit'))
  end
  local capacity = math.max(1, limit - window.headroom)
  if num('coldUntil') > now then capacity = math.min(capacity, window.headroom) end
  return capacity
end

local function toView(window)
  local raw = redis.call('ZRANGEBYSCORE', LOG[window.methods], '(' .. text(now - window.windowMs), '+inf', 'WITHSCORES')
  local view = { windowMs = window.windowMs, capacity = toCapacity(window), freeAt = {}, expectedAt = {}, inFlight = 0 }
  local unanswered = {}
  for i = 1, #raw, 2 do
    local heldUntil = tonumber(raw[i + 1])
    view.freeAt[#view.freeAt + 1] = heldUntil + window.windowMs
    if heldUntil <= now + 1 then
      view.expectedAt[#view.expectedAt + 1] = heldUntil + window.windowMs
    else
      unanswered[#unanswered + 1] = heldUntil - tonumber(string.match(raw[i], ':(%d+)$') or '0') + window.windowMs
    end
  end
  view.inFlight = #unanswered
  -- Answered slots are in order already; those in flight are few, so they are inserted instead of sorting everything.
  for _, time in ipairs(unanswered) do
    local at = #view.expectedAt + 1
    while at > 1 and view.expectedAt[at - 1] > time do
      view.expectedAt[at] = view.expectedAt[at - 1]
      at = at - 1
    end
    view.expectedAt[at] = time
  end
  return view
end
`;

const LANES = `
local function nthOf(times, view, n)
  local index = #times - view.capacity + n
  if index <= 0 then return now end
  return times[index] or now + view.windowMs
end

local function laneAt(view, n) return nthOf(view.freeAt, view, n) end

local function pacedTurn(view, position, share)
  if share == 0 or view.capacity == 0 then return now end
  local stretched = view.capacity - math.min(view.inFlight, view.capacity * ${STRETCH_MAX})
  local stepMs = view.windowMs / (share * stretched)
  local turn = now
  for j = 1, view.capacity - position do
    turn = math.max(turn, nthOf(view.expectedAt, view, position + j) - j * stepMs)
  end
  return math.ceil(turn)
end

local function findStart(views, ahead, share)
  local startAt = now
  for v, view in ipairs(views) do
    local first = laneAt(view, 1)
    if first > now + ${LOOKAHEAD_MS} then return nil, 'budget' end
    for i, turn in ipairs(ahead[v]) do
      if laneAt(view, i + 1) > math.max(turn, now) then return nil, 'budget' end
    end
    startAt = math.max(startAt, first)
  end
  for v, view in ipairs(views) do
    local position = 1
    for _, turn in ipairs(ahead[v]) do
      if turn <= startAt then position = position + 1 end
    end
    if pacedTurn(view, position, share) > startAt then return nil, 'paced' end
  end
  return startAt
end

local function freePosition(view, turns, back)
  local position = 1
  for i, turn in ipairs(turns) do
    local comesFirst = turn <= laneAt(view, position)
    local wouldBeLate = laneAt(view, i + 1) > math.max(turn, now)
    if comesFirst or wouldBeLate then position = i + 1 end
  end
  for _, time in ipairs(back) do
    if time > laneAt(view, position) then break end
    position = position + 1
  end
  return position
end

local function findTurn(views, ahead, back, share)
  local turn = now + 1
  for v, view in ipairs(views) do
    local position = freePosition(view, ahead[v], back)
    turn = math.max(turn, laneAt(view, position), pacedTurn(view, position, share))
  end
  return turn
end
`;

const TAKE = `
if not isKnown then
  -- What an earlier process of Redis remembered is not the whole truth. A lock-out stays: it only ever holds back.
  redis.call('DEL', TICKETS, BACK[1], BACK[2], BACK[3], LOG.all, LOG.read, LOG.write)
  redis.call('HDEL', STATE, 'run', 'coldUntil', 'stillUntil', 'book1', 'book2')
  return { isClaimed and 'opening' or 'unknown' }
end

local rank, method, holdMs, maxWaitMs = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ticket, windowCount = ARGV[5], tonumber(ARGV[6])
local windows = readWindows(7, windowCount)

local longest, applying, shortestApplying, longestApplying = 0, {}, math.huge, 0
for _, window in ipairs(windows) do
  longest = math.max(longest, window.windowMs)
  if window.methods == 'all' or window.methods == method then
    applying[#applying + 1] = window
    shortestApplying = math.min(shortestApplying, window.windowMs)
    longestApplying = math.max(longestApplying, window.windowMs)
  end
end

-- Forget what no longer counts.
local keepMs = math.max(${REMEMBER_MIN_MS}, longest) + holdMs
for _, log in pairs(LOG) do redis.call('ZREMRANGEBYSCORE', log, '-inf', text(now - keepMs)) end
redis.call('ZREMRANGEBYSCORE', TICKETS, '-inf', text(now - ${TICKET_GRACE_MS}))
for _, back in ipairs(BACK) do redis.call('ZREMRANGEBYSCORE', back, '-inf', text(now)) end

local mySeq = nil
if ticket ~= '' and redis.call('ZREM', TICKETS, ticket) == 1 then
  mySeq = tonumber(string.match(ticket, '^%d+:(%d+):'))
end

if num('blockedUntil') > now then return { 'denied', text(num('blockedUntil') - now), 'blocked' } end
if num('stillUntil') > now then return { 'denied', text(num('stillUntil') - now), 'cold-start' } end

local views = {}
for i, window in ipairs(applying) do views[i] = toView(window) end

local graceMs = math.min(${BOOKING_GRACE_MS}, math.floor(shortestApplying / 4))
local function booking(other)
  local at = tonumber(state['book' .. other] or '')
  if at and now <= at + graceMs then return at end
  return nil
end
local booked = booking(rank)
local due = nil
if booked and booked <= now + ${LOOKAHEAD_MS} then due = booked end

local SHARES, TICKET_SHARES = { ${SHARES.join(', ')} }, { ${TICKET_SHARES.join(', ')} }
local share = 0
if not due then share = (mySeq and TICKET_SHARES or SHARES)[rank + 1] end

-- Turns already promised to those served before.
local tickets = redis.call('ZRANGE', TICKETS, 0, -1, 'WITHSCORES')
local ahead = {}
for i, window in ipairs(applying) do
  local turns = {}
  if not due then
    for t = 1, #tickets, 2 do
      local otherRank, otherSeq, otherMethod = string.match(tickets[t], '^(%d+):(%d+):(%a+)$')
      otherRank, otherSeq = tonumber(otherRank), tonumber(otherSeq)
      local isBefore = otherRank < rank or (otherRank == rank and (not mySeq or otherSeq < mySeq))
      if isBefore and (window.methods == 'all' or window.methods == otherMethod) then
        turns[#turns + 1] = tonumber(tickets[t + 1])
      end
    end
  end
  for other = 1, 2 do
    local at = booking(other)
    if other ~= rank and at and (not due or at < due) then turns[#turns + 1] = at end
  end
  table.sort(turns)
  ahead[i] = turns
end

local startAt, refused = findStart(views, ahead, share)
if startAt then
  redis.call('HDEL', STATE, 'book' .. rank)
  local slotId = nextSeq() .. ':' .. text(holdMs)
  local heldUntil = text(startAt + 1 + holdMs)
  for _, log in ipairs({ LOG.all, LOG[method] }) do
    redis.call('ZADD', log, heldUntil, slotId)
    redis.call('PEXPIRE', log, text(keepMs + holdMs))
  end
  return { 'granted', slotId, text(startAt - now) }
end

-- No more of each class than there are lanes: those that come after are told one window anyway.
local lanes = 1
for _, view in ipairs(views) do lanes = math.max(lanes, view.capacity) end
local back = {}
for r = 0, rank do
  local times = redis.call('ZRANGEBYSCORE', BACK[r + 1], '(' .. text(now), '+inf', 'WITHSCORES', 'LIMIT', 0, lanes)
  for i = 2, #times, 2 do back[#back + 1] = tonumber(times[i]) end
end
if rank > 0 then table.sort(back) end
local turn = math.min(findTurn(views, ahead, back, share), now + longestApplying)
if rank > 0 and not booked then
  local firstLane = 0
  for _, view in ipairs(views) do firstLane = math.max(firstLane, laneAt(view, 1)) end
  local at = math.min(math.max(now + math.floor(shortestApplying / 2), firstLane), now + longestApplying)
  redis.call('HSET', STATE, 'book' .. rank, text(at))
  turn = math.min(turn, at)
end

local inMs = math.max(1, turn - now)
local reason = num('coldUntil') > now and 'cold-start' or refused
if ticket == '' and inMs <= maxWaitMs then
  local id = rank .. ':' .. nextSeq() .. ':' .. method
  redis.call('ZADD', TICKETS, text(turn), id)
  redis.call('PEXPIRE', TICKETS, text(keepMs))
  return { 'turn', id, text(inMs), reason }
end
if redis.call('ZCARD', BACK[rank + 1]) < ${RETURNED_MAX} then
  redis.call('ZADD', BACK[rank + 1], text(turn), nextSeq())
  redis.call('PEXPIRE', BACK[rank + 1], text(keepMs))
end
return { 'denied', text(inMs), reason }
`;

const CLAIM = `
if isKnown or isClaimed then return 0 end
redis.call('HSET', STATE, 'claim', ARGV[1], 'claimRun', run, 'claimUntil', text(now + tonumber(ARGV[2])))
return 1
`;

const OPEN = `
if isKnown then return 0 end
if ARGV[3] ~= '' and not (isClaimed and state.claim == ARGV[3]) then return 0 end
redis.call('HDEL', STATE, 'claim', 'claimRun', 'claimUntil')
redis.call('HSET', STATE, 'run', run, 'seq', text(now * 1000), 'coldUntil', text(now + tonumber(ARGV[1])),
  'stillUntil', text(now + tonumber(ARGV[2])))
return 1
`;

const SETTLE = `
local slotId, serverLimit, serverRemaining = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local window = readWindows(4, 1)[1]
local held = redis.call('ZSCORE', LOG.all, slotId)
if not held then return 0 end
local heldUntil, holdMs = tonumber(held), tonumber(string.match(slotId, ':(%d+)$') or '0')
local startAt = heldUntil - holdMs - 1
if now + 1 < heldUntil then
  for _, log in pairs(LOG) do redis.call('ZADD', log, 'XX', text(now + 1), slotId) end
end
if serverLimit < 1 then return 1 end
if serverLimit < window.limit then
  redis.call('HSET', STATE, 'serverLimit', text(serverLimit), 'serverLimitUntil', text(now + ${SERVER_LIMIT_TTL_MS}))
else
  redis.call('HDEL', STATE, 'serverLimit', 'serverLimitUntil')
end
if serverRemaining < 0 then return 1 end
-- What the server counted when it answered, against everything of ours it can have counted since the request set out.
local log = LOG[window.methods]
local ours = redis.call('ZCOUNT', log, '(' .. text(startAt - window.windowMs), '+inf')
for _ = 1, math.min(serverLimit - serverRemaining - ours, window.limit) do
  redis.call('ZADD', log, text(now + 1), 'f' .. nextSeq())
end
return 1
`;

const HOLDS = `
if isKnown and redis.call('ZSCORE', LOG.all, ARGV[1]) then return 1 end
return 0
`;

const RELEASE = `
for _, log in pairs(LOG) do redis.call('ZREM', log, ARGV[1]) end
return 1
`;

const BLOCK = `
redis.call('HSET', STATE, 'blockedUntil', text(math.max(num('blockedUntil'), now + tonumber(ARGV[1]))))
return 1
`;

const INSPECT = `
local windows = readWindows(2, tonumber(ARGV[1]))
local blockedFor = text(math.max(0, num('blockedUntil') - now))
local answer = { isKnown and 1 or 0, blockedFor, text(math.max(0, num('coldUntil') - now)) }
local waiting = { 0, 0, 0 }
for i, back in ipairs(BACK) do waiting[i] = redis.call('ZCOUNT', back, '(' .. text(now), '+inf') end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', TICKETS, '(' .. text(now - ${TICKET_GRACE_MS}), '+inf')) do
  local rank = tonumber(string.match(id, '^%d+')) + 1
  waiting[rank] = waiting[rank] + 1
end
for i = 1, 3 do answer[#answer + 1] = waiting[i] end
for _, window in ipairs(windows) do
  local view = toView(window)
  answer[#answer + 1] = view.capacity
  answer[#answer + 1] = #view.freeAt
  answer[#answer + 1] = view.inFlight
end
return answer
`;

export type ClockSource = 'server' | 'argument';

/** Each operation's whole script, by the name it is defined under on the Redis client. */
export function toScripts(
  clock: ClockSource,
): Record<'take' | 'claim' | 'open' | 'holds' | 'settle' | 'release' | 'block' | 'inspect', string> {
  const head = (clock === 'server' ? SERVER_CLOCK : TEST_CLOCK) + PRELUDE;
  return {
    take: head + WINDOWS + LANES + TAKE,
    claim: head + CLAIM,
    open: head + OPEN,
    holds: head + HOLDS,
    settle: head + WINDOWS + SETTLE,
    release: head + RELEASE,
    block: head + BLOCK,
    inspect: head + WINDOWS + INSPECT,
  };
}
