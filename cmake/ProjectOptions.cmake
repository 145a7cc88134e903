# drydock_options: what every target of this project is compiled and linked with.
add_library(drydock_options INTERFACE)
target_compile_features(drydock_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

target_include_directories(drydock_options INTERFACE ${PROJECT_SOURCE_DIR})

target_compile_options(drydock_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-align
    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wformat=2
    -Wimplicit-fallthrough -Wswitch-enum -Wundef -Wunused
    $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wuseless-cast>
    $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override>
    # The same bytes wherever the source lies.
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
)
if(DRYDOCK_WERROR)
    target_compile_options(drydock_options INTERFACE -Werror)
endif()

# Also in release: drydock waits for disks and SHA-256, not for index checks.
target_compile_definitions(drydock_options INTERFACE _GLIBCXX_ASSERTIONS)

if(DRYDOCK_HARDEN)
    target_compile_options(drydock_options INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
    )
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_compile_options(drydock_options INTERFACE -fcf-protection)
    endif()
    target_link_options(drydock_options INTERFACE -Wl,-z,relro,-z,now)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    if(NOT DRYDOCK_STATIC)  # its -static-pie is taken back by the -pie that this adds
        include(CheckPIESupported)
        check_pie_supported(LANGUAGES CXX)
    endif()
endif()

if(DRYDOCK_SANITIZE)
    set(sanitize -fsanitize=${DRYDOCK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(drydock_options INTERFACE ${sanitize})
    target_link_options(drydock_options INTERFACE ${sanitize})
endif()

# Precompiled headers need to be excused to ccache: it would look at times that mean nothing here.
find_program(CCACHE ccache)
if(CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE}
    )
endif()

# drydock_precompile(target header...): parsed once for the target, where that is wanted.
function(drydock_precompile target)
    if(DRYDOCK_PCH)
        target_precompile_headers(${target} PRIVATE ${ARGN})
        # ccache can look into a precompiled header only with this.
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    endif()
endfunction()
