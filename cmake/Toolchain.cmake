# Compiler, linker and warnings for the project's own code.

option(DM_WERROR "Treat warnings as errors" ON)
set(DM_SANITIZE "" CACHE STRING "Sanitizers, for instance address,undefined or thread")
option(DM_FUZZ "Build what libFuzzer feeds, tests/fuzz; needs clang" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # So that it keeps what is compiled with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
                                  CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

if(DM_SANITIZE)
  add_compile_options(-fsanitize=${DM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DM_SANITIZE})
endif()

add_compile_options(-fstack-protector-strong)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # What is shipped names no folder of the machine that built it.
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
endif()
add_link_options(-Wl,-z,relro,-z,now)

# Linked by every target of ours; generated code does without.
add_library(dm_warnings INTERFACE)
target_compile_options(dm_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                             -Wno-sign-conversion -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Optimizing, GCC 12 sees an overlap wherever a std::string is given a literal (its bug 105651).
  target_compile_options(dm_warnings INTERFACE -Wno-restrict)
  # The same at -O2 (105329), which it tells of once those headers are precompiled.
  target_compile_options(dm_warnings INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-stringop-overflow>)
endif()
if(DM_WERROR)
  target_compile_options(dm_warnings INTERFACE -Werror)
endif()
