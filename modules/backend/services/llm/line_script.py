"""The step of a deployment's line, as a Lua script.

A process says what has changed on its side and is told how its tickets stand. Everything that has
to be decided is decided in the one step: who is gone, who comes in, whose turn it is.

Turns are start-time fair queueing (Goyal et al. 1996) with calls of equal weight: a person's first
waiting call gets the number of the turn being served, each further one the next number, and lower
numbers go first. So people take turns, however many calls each has. Calls of nobody in particular,
which is background work, come after all others.

Tokens are counted exactly over the last minute, as reservations from the moment of their grant.
The head of the line is never passed over for a smaller call behind it: large ones would starve.
"""

LINE_KEYS = ("permits", "line", "tickets", "finish", "spent", "numbers", "processes")
"""Sets of ticket ids with a permit, waiting (by turn), and with tokens in the window (by time);
what is known of a ticket; the next turn of a person; single numbers; processes (by expiry)."""

LINE_SCRIPT = """
local permits, line, tickets, finish, spent, numbers, processes = unpack(KEYS)
local TURN = 1e9         -- a place in line is turn * TURN + order of coming
local BACKGROUND = 2^52  -- behind every turn
local WINDOW = 60 * 1000
local LIFETIME = 600 * 1000

local function number(name) return tonumber(redis.call('HGET', numbers, name) or 0) end

local function known(id)
  local ticket = redis.call('HGET', tickets, id)
  return ticket and cjson.decode(ticket) or {tokens = 0, person = ''}
end

local function keep(id, tokens, person)
  redis.call('HSET', tickets, id, cjson.encode({tokens = tokens, person = person}))
end

local function is_of(id, process) return string.sub(id, 1, #process + 1) == process .. ':' end

local function forget(id)
  if redis.call('ZREM', line, id) == 1 then
    local person = known(id).person
    -- The turn that it did not take is the person's again.
    if person ~= '' then redis.call('HINCRBY', finish, person, -1) end
    -- A grant that its process never heard of is in the window and in line: it still counts.
    if not redis.call('ZSCORE', spent, id) then redis.call('HDEL', tickets, id) end
  end
  redis.call('SREM', permits, id)
end

local function hold(id, tokens)
  redis.call('SADD', permits, id)
  -- Whoever was believed dead holds again what is in the window already: it counts once.
  if redis.call('ZADD', spent, 'NX', now, id) == 1 then
    redis.call('HINCRBY', numbers, 'used', tokens)
  end
end

local function settle(id, tokens)
  if not redis.call('ZSCORE', spent, id) then return end
  local ticket = known(id)
  redis.call('HINCRBY', numbers, 'used', tokens - ticket.tokens)
  keep(id, tokens, ticket.person)
end

local function queue(id, tokens, person)
  local empty = redis.call('ZCARD', line) == 0
  if empty then
    redis.call('DEL', finish)
    redis.call('HDEL', numbers, 'turn', 'order')
  end
  local place = BACKGROUND
  if person ~= '' then
    local turn = math.max(number('turn'), tonumber(redis.call('HGET', finish, person) or 0))
    redis.call('HSET', finish, person, turn + 1)
    place = turn * TURN
  end
  keep(id, tokens, person)
  redis.call('ZADD', line, place + redis.call('HINCRBY', numbers, 'order', 1), id)
end

-- Who is gone: processes without a sign of life, tokens of more than a minute ago.
for _, process in ipairs(redis.call('ZRANGEBYSCORE', processes, '-inf', now)) do
  for _, ids in ipairs({redis.call('ZRANGE', line, 0, -1), redis.call('SMEMBERS', permits)}) do
    for _, id in ipairs(ids) do
      if is_of(id, process) then forget(id) end
    end
  end
  redis.call('ZREM', processes, process)
end
redis.call('ZADD', processes, now + ask.alive, ask.process)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', spent, '-inf', now - WINDOW)) do
  -- Not `-tokens`: a negative zero is no integer for Redis.
  redis.call('HINCRBY', numbers, 'used', 0 - known(id).tokens)
  redis.call('ZREM', spent, id)
  redis.call('HDEL', tickets, id)
end

-- What the process says.
for _, left in ipairs(ask.left) do
  if left.tokens >= 0 then settle(left.id, left.tokens) end
  forget(left.id)
end
if ask.pause > 0 then
  redis.call('HSET', numbers, 'paused', math.max(number('paused'), now + ask.pause))
end
local refused = {}
for _, new in ipairs(ask.new) do
  if redis.call('SISMEMBER', permits, new.id) == 0 then
    if new.has_permit then
      -- Given by the process itself while Redis was away.
      forget(new.id)
      keep(new.id, new.tokens, new.person)
      hold(new.id, new.tokens)
    elseif not redis.call('ZSCORE', line, new.id) then
      if redis.call('ZCARD', line) < ask.longest_line then
        queue(new.id, new.tokens, new.person)
      else
        table.insert(refused, new.id)
      end
    end
  end
end

-- Whose turn it is.
while now >= number('paused') and redis.call('SCARD', permits) < ask.concurrency do
  local head = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')
  if #head == 0 then break end
  local id, place, used = head[1], tonumber(head[2]), number('used')
  local tokens = known(id).tokens
  -- A call that is larger than a whole minute goes alone.
  if used > 0 and used + tokens > ask.tokens_per_minute then break end
  redis.call('ZREM', line, id)
  if place < BACKGROUND then redis.call('HSET', numbers, 'turn', math.floor(place / TURN)) end
  hold(id, tokens)
end

-- How the tickets of the process stand.
local granted, waiting = {}, {}
for _, id in ipairs(redis.call('SMEMBERS', permits)) do
  if is_of(id, ask.process) then table.insert(granted, id) end
end
for place, id in ipairs(redis.call('ZRANGE', line, 0, -1)) do
  if is_of(id, ask.process) then
    table.insert(waiting, id)
    table.insert(waiting, place)
  end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, LIFETIME) end
return {granted, waiting, refused}
"""
