# Writes the template files FILES into a C++ source OUT that defines NAMESPACE::kTemplates, an array
# of {name, text}, and kTemplateCount; HEADER declares them.
set(text "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n")
string(APPEND text "const EmbeddedTemplate kTemplates[] = {\n")
set(count 0)
foreach(file ${FILES})
  get_filename_component(stem ${file} NAME_WLE)
  file(READ ${file} content)
  string(APPEND text "    {\"${stem}\", R\"~~text~~(${content})~~text~~\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
string(APPEND text "};\nconst size_t kTemplateCount = ${count};\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
