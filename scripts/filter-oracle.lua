-- For filter-oracle.mjs: tells for every filter of a list which frames pass it. One run of tshark answers all filters.
local out = assert(io.open(os.getenv("FILTER_OUTPUT"), "w"))
local number = 0
for filter in io.lines(os.getenv("FILTER_LIST")) do
  number = number + 1
  local id = number
  local known, tap = pcall(Listener.new, "frame", filter)
  if not known then
    out:write("!\t", id, "\n")
  else
    function tap.packet(pinfo)
      out:write(id, "\t", pinfo.number, "\n")
    end
  end
end
