# Writes the text files FILES into a C++ source OUT that defines an array NAMESPACE::k<SYMBOL>s of TYPE
# {name, text} with the files' names without their endings, and k<SYMBOL>Count; HEADER
# declares them. A raw string literal may hold 64 KiB at most: a longer file is to be split.
set(text "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n")
string(APPEND text "const ${TYPE} k${SYMBOL}s[] = {\n")
set(count 0)
foreach(file ${FILES})
  get_filename_component(stem ${file} NAME_WLE)
  file(READ ${file} content)
  string(APPEND text "    {\"${stem}\", R\"~~text~~(${content})~~text~~\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
string(APPEND text "};\nconst size_t k${SYMBOL}Count = ${count};\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
