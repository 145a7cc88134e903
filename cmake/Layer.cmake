# drydock_layer(<name> SOURCES <file>... [USES <layer>...] [LIBS <target>...] [HEADER_LIBS <target>...])
#
# One folder as one static library, drydock_<name>. USES are the layers whose headers it may include
# (the dependency rule in docs/architecture.md); they and their libraries are linked along. LIBS are
# third-party targets that stay private: their headers are seen in this folder only; HEADER_LIBS those
# that the folder's own headers include.
function(drydock_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;USES;LIBS;HEADER_LIBS")
    set(target drydock_${name})
    add_library(${target} STATIC ${layer_SOURCES})
    target_link_libraries(${target} PUBLIC drydock_options ${layer_HEADER_LIBS})
    foreach(used IN LISTS layer_USES)
        target_link_libraries(${target} PUBLIC drydock_${used})
    endforeach()
    target_link_libraries(${target} PRIVATE ${layer_LIBS})
endfunction()
