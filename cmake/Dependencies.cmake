# Everything comes from Debian 12; deploy/local/packages lists the packages.

find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf MODULE REQUIRED)
endif()
find_package(gRPC CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(ICAL IMPORTED_TARGET libical)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo pangoft2 fontconfig)
find_package(prometheus-cpp CONFIG)
find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# google/api and google/rpc: needed to build, not to run.
set(DM_GOOGLEAPIS /usr/share/gocode/src/github.com/gogo/googleapis CACHE PATH
    "Folder that holds google/api/annotations.proto (package golang-github-gogo-googleapis-dev)")

# The fonts that papers are printed with, and no others.
set(DM_FONT_FOLDER /usr/share/fonts/truetype/liberation2 CACHE PATH
    "Folder that holds LiberationSans-Regular.ttf (package fonts-liberation2)")
