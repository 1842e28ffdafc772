# One static library a layer, so that what a layer may reach is decided at link time.

# dm_library(NAME SOURCES file... LINKS target...)
function(dm_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE dm_warnings)
  dm_precompile(${name} common)
endfunction()

# dm_binary(NAME SOURCES file... LINKS target...): a program, put into build/<preset>/bin.
function(dm_binary name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} dm_warnings)
  dm_precompile(${name} common)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# dm_test(KIND AREA LINKS target...): all *_test.cc of the current folder as one test program
# KIND_AREA, labelled KIND.
function(dm_test kind area)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  add_executable(${kind}_${area} ${sources})
  target_include_directories(${kind}_${area} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${kind}_${area} PRIVATE ${ARG_LINKS} dm_warnings GTest::gmock GTest::gtest_main)
  dm_precompile(${kind}_${area} test)
  set_target_properties(${kind}_${area} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${kind}_${area} COMMAND ${kind}_${area} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${kind}_${area} PROPERTIES LABELS ${kind} TIMEOUT 600)
endfunction()

# dm_pooled_test(KIND AREA [FILTER pattern]): that test program once more, or the cases of it that the
# pattern of GoogleTest names, with PgBouncer between the services and PostgreSQL.
function(dm_pooled_test kind area)
  cmake_parse_arguments(ARG "" "FILTER" "" ${ARGN})
  if(NOT ARG_FILTER)
    set(ARG_FILTER "*")
  endif()
  set(name ${kind}_${area}_pooled)
  add_test(NAME ${name}
           COMMAND ${kind}_${area} "--gtest_filter=${ARG_FILTER}"
                   --gtest_output=xml:${CMAKE_BINARY_DIR}/results/${kind}/${name}.xml
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${kind} TIMEOUT 600
                       ENVIRONMENT DM_TEST_POOLER=pgbouncer)
endfunction()

# dm_migrations(NAME SET folder): a library that carries the numbered *.sql files of a folder, in
# order, as `extern const database::MigrationSet kSet` (see common/database/migrations.h).
function(dm_migrations name symbol folder)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  list(SORT files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/EmbedMigrations.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/EmbedMigrations.cmake
    VERBATIM)
  add_library(${name} STATIC ${out})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC dm_database)
endfunction()
