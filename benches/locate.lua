-- Look-ups of random places of the demo data, for wrk (Debian's package); wrk itself counts the
-- answers that are no success:
--   wangge serve data/shuangshan --addr 127.0.0.1:8080
--   wrk -t1 -c32 -d10s --latency -s benches/locate.lua http://127.0.0.1:8080

local requests = {}
local turn = 0

-- Made before the clock starts: writing numbers would take wrk as long as sending them.
function init()
  math.randomseed(7)
  for n = 1, 10000 do
    local lon = 120.369 + math.random() * 0.035
    local lat = 36.109 + math.random() * 0.0175
    requests[n] = wrk.format("GET", string.format("/api/locate?lon=%.6f&lat=%.6f", lon, lat))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
