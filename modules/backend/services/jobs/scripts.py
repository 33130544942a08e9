"""What the queue does in Redis in one step each. All keys of a step share a hash tag.

The stream holds unfinished tasks alone: a settled one leaves it. `later` holds those that wait for
another attempt, by the time they are due. Times are those of the Redis server.
"""

SEND = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'full' end
redis.call('XADD', KEYS[1], '*', 'data', ARGV[2])
return 'sent'
"""

SEND_DUE = """
local last = redis.call('HGET', KEYS[2], ARGV[3])
if last and tonumber(last) >= tonumber(ARGV[4]) then return 'already' end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'full' end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('XADD', KEYS[1], '*', 'data', ARGV[2])
return 'sent'
"""

SEND_ONCE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 'already' end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'full' end
redis.call('SET', KEYS[2], '1', 'EX', ARGV[3])
redis.call('XADD', KEYS[1], '*', 'data', ARGV[2])
return 'sent'
"""

FINISH = """
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
"""

_COUNT_FAILURE = """
redis.call('HINCRBY', KEYS[3], ARGV[3], 1)
redis.call('EXPIRE', KEYS[3], 259200)
"""

POSTPONE = (
    """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
local now = redis.call('TIME')
redis.call('ZADD', KEYS[2], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[5], ARGV[4])
"""
    + _COUNT_FAILURE
    + "return 1"
)

BURY = (
    """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[6], '*', 'data', ARGV[4], 'reason', ARGV[5])
"""
    + _COUNT_FAILURE
    + "return 1"
)

PROMOTE = """
local now = redis.call('TIME')
local upto = now[1] * 1000 + math.floor(now[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', upto, 'LIMIT', 0, ARGV[2])
for i, data in ipairs(due) do
  if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return i - 1 end
  redis.call('XADD', KEYS[1], '*', 'data', data)
  redis.call('ZREM', KEYS[2], data)
end
return #due
"""

# A worker that was suspended must not take back what another one has by now: hence the owner.
HOLD = """
for i = 3, #ARGV do
  local found = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  if found[1] and found[1][2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  end
end
"""

# As a new entry, which any worker reads at once.
HAND_BACK = """
for i = 3, #ARGV do
  local found = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  local entry = redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])
  if found[1] and found[1][2] == ARGV[2] and entry[1] then
    redis.call('XADD', KEYS[1], '*', 'data', entry[1][2][2])
    redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
    redis.call('XDEL', KEYS[1], ARGV[i])
  end
end
"""

RECLAIM = """
local stale = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', 1)
if not stale[1] then return false end
local id, deliveries = stale[1][1], stale[1][4]
local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id)
if not claimed[1] or not claimed[1][2] then
  redis.call('XACK', KEYS[1], ARGV[1], id)
  return false
end
local data = claimed[1][2][2]
if deliveries < tonumber(ARGV[4]) then return {id, data} end
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[5], '*', 'data', data, 'reason', 'workers_lost')
redis.call('XACK', KEYS[1], ARGV[1], id)
redis.call('XDEL', KEYS[1], id)
return {id}
"""

REVIVE = """
local found = redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2])
if not found[1] then return 'already' end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'full' end
redis.call('XADD', KEYS[1], '*', 'data', found[1][2][2])
redis.call('XDEL', KEYS[2], ARGV[2])
return 'sent'
"""

LEAD = """
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

RESIGN = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
