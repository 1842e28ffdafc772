# cmake -DFROM=<leaflet's dist> -DTO=<folder> -P CopyLeaflet.cmake: what the map needs. Without npm's
# packages the portal is built all the same, and says that its map cannot be shown.
if(EXISTS ${FROM}/leaflet.js)
  file(COPY ${FROM}/leaflet.js ${FROM}/leaflet.css ${FROM}/images DESTINATION ${TO})
else()
  message(STATUS "no Leaflet in node_modules: the portal has no map")
endif()
