# cmake -DIN=x.proto -DOUT=y.proto -P rewrite_optional.cmake
#
# Debian 12's protoc-c refuses proto3 `optional`. By the language's definition an optional field is a oneof
# of its own, on the wire and in JSON the same, so that is what the C generator gets to see.
file(READ "${IN}" text)
string(REGEX REPLACE "\n  optional ([A-Za-z0-9_.]+) ([a-z0-9_]+) = ([0-9]+);"
       "\n  oneof has_\\2 { \\1 \\2 = \\3; }" text "${text}")
if(text MATCHES "\n *optional ")
  message(FATAL_ERROR "${IN}: an optional field is not in the form \"  optional TYPE name = N;\" on a line of its own")
endif()
file(WRITE "${OUT}" "${text}")
