# Headers of other projects that most files include, read once a build rather than once a file: half
# of a compilation was reading them. A file still includes what it uses; the presets without this
# (asan, tsan, fuzz) find what it forgot.

option(DM_PRECOMPILE "Precompile the headers of dependencies that most files include" OFF)

set(DM_COMMON_HEADERS
  <absl/container/flat_hash_map.h> <absl/container/flat_hash_set.h> <absl/status/statusor.h>
  <absl/strings/match.h> <absl/strings/str_cat.h> <absl/strings/str_join.h>
  <absl/strings/str_split.h> <absl/synchronization/mutex.h> <absl/time/clock.h> <absl/time/time.h>
  <google/protobuf/map.h> <google/protobuf/message.h> <google/protobuf/repeated_field.h>
  <google/protobuf/timestamp.pb.h> <pqxx/pqxx>
  <algorithm> <functional> <map> <memory> <optional> <set> <string> <utility> <vector>)
set(DM_TEST_HEADERS ${DM_COMMON_HEADERS}
  <gmock/gmock.h> <grpcpp/grpcpp.h> <gtest/gtest.h> <nlohmann/json.hpp>)

if(DM_PRECOMPILE)
  # A precompiled header serves who is compiled with the same options: whatever a target links,
  # threads are on, and programs are compiled as libraries are (CMake would say -fPIE).
  add_compile_options(-pthread)
  # What ccache needs to see through it.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cc "")
  foreach(kind common test)
    string(TOUPPER ${kind} upper)
    add_library(dm_${kind}_headers OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
    target_precompile_headers(dm_${kind}_headers PRIVATE ${DM_${upper}_HEADERS})
    # Even -Wpedantic defines a macro.
    target_link_libraries(dm_${kind}_headers PRIVATE dm_warnings)
  endforeach()
  target_link_libraries(dm_test_headers PRIVATE GTest::gmock)
endif()

# dm_precompile(TARGET common|test): lets the target's files begin with those headers.
function(dm_precompile target kind)
  if(NOT DM_PRECOMPILE)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM dm_${kind}_headers)
endfunction()
