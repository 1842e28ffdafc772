# Writes the SQL files FILES into a C++ source OUT that defines dm::database::SYMBOL.
# A raw string literal may hold 64 KiB at most: a longer migration is to be split.
set(text "#include \"common/database/migrations.h\"\n\nnamespace dm::database {\n")
string(APPEND text "extern const MigrationSet ${SYMBOL};\nconst MigrationSet ${SYMBOL} = {\n")
foreach(file ${FILES})
  get_filename_component(stem ${file} NAME_WE)
  file(READ ${file} sql)
  string(APPEND text "    {\"${stem}\", R\"~~sql~~(${sql})~~sql~~\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace dm::database\n")
file(WRITE ${OUT} "${text}")
